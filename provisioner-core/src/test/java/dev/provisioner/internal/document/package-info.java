@NullMarked
package dev.provisioner.internal.document;

import org.jspecify.annotations.NullMarked;
