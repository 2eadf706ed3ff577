@NullMarked
package dev.provisioner.aws;

import org.jspecify.annotations.NullMarked;
