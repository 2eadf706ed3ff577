@NullMarked
package dev.provisioner.internal;

import org.jspecify.annotations.NullMarked;
