package dev.provisioner.internal.machine;

import dev.provisioner.internal.document.Policy;
import java.util.List;

/** A step of the plan, as far as the order of work needs it. */
public record PlannedStep(
    String name, List<String> dependsOn, Policy policy, List<String> formerly) {}
