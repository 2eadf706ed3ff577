/**
 * State in Amazon S3.
 *
 * <p>Start at {@link dev.provisioner.aws.S3StateStore}.
 */
@NullMarked
package dev.provisioner.aws;

import org.jspecify.annotations.NullMarked;
