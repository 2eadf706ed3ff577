/** The engine: provision, preview, resume, cancel, deprovision, purge, drift. */
@NullMarked
package dev.provisioner.engine;

import org.jspecify.annotations.NullMarked;
