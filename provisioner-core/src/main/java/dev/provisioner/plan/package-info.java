/** What a tenant needs: plans of typed steps. */
@NullMarked
package dev.provisioner.plan;

import org.jspecify.annotations.NullMarked;
