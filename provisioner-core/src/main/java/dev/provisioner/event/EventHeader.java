package dev.provisioner.event;

import dev.provisioner.tenant.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What all events say.
 *
 * @param sequence rises by one with each recorded event of this tenant and plan, across runs and
 *     processes; what is not recorded, as that an attempt began and its progress, repeats the last
 *     number
 * @param at when, by the clock of the engine that tells it
 * @param installation the engine's installation id
 * @param tenant the tenant
 * @param plan the plan's name
 * @param run the run's id
 * @param by who asked for the run, as the host said; null if it did not
 */
public record EventHeader(
    long sequence,
    Instant at,
    String installation,
    TenantId tenant,
    String plan,
    String run,
    @Nullable String by) {}
