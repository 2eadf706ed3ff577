/** A proxy that loses, delays and falsifies what services answer. */
@NullMarked
package dev.provisioner.testkit.http;

import org.jspecify.annotations.NullMarked;
