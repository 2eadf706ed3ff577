@NullMarked
package dev.provisioner.internal.machine;

import org.jspecify.annotations.NullMarked;
