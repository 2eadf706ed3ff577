/** Targets of the fuzzer that are not public: on the class path, a package is one. */
@NullMarked
package dev.provisioner.terraform;

import org.jspecify.annotations.NullMarked;
