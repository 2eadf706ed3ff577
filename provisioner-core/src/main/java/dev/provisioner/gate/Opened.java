package dev.provisioner.gate;

import java.time.Instant;

/**
 * What a timer leaves behind.
 *
 * @param at when it opened, or was to open
 */
public record Opened(Instant at) {}
