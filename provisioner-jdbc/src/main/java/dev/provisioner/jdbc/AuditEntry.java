package dev.provisioner.jdbc;

import dev.provisioner.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the audit log. Immutable.
 *
 * @param sequence rises by one with each recorded event of this tenant and plan
 * @param at when it was recorded, by the clock of the engine that did, to the microsecond
 * @param run the id of the run it belongs to
 * @param by who asked for that run, or null if the host did not say
 * @param event which event: the name of a record in {@code ProvisioningEvent}
 * @param step the step, or null if it is of the run as a whole
 * @param work what a run that begins is for, such as {@code provision}; null for other events
 * @param outcome what came of a run or step that ends, such as {@code SUCCEEDED}, {@code created}
 *     or {@code failed}; null for other events
 * @param took how long that took, to the millisecond; null for other events
 * @param description the event in one line, for people
 */
public record AuditEntry(
    String installation,
    TenantId tenant,
    String plan,
    long sequence,
    Instant at,
    String run,
    @Nullable String by,
    String event,
    @Nullable String step,
    @Nullable String work,
    @Nullable String outcome,
    @Nullable Duration took,
    String description) {}
