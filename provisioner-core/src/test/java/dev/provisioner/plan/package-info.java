@NullMarked
package dev.provisioner.plan;

import org.jspecify.annotations.NullMarked;
