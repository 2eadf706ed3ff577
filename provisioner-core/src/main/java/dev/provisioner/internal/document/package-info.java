/** The state document: everything recorded of one tenant under one plan. */
@NullMarked
package dev.provisioner.internal.document;

import org.jspecify.annotations.NullMarked;
