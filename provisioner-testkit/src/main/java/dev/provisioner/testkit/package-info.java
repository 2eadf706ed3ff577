/** What a provisioner's or a store's author needs to test it, and a host to test its plans. */
@NullMarked
package dev.provisioner.testkit;

import org.jspecify.annotations.NullMarked;
