package dev.provisioner.samples.quickstart;

import dev.provisioner.secret.Secret;

/** An access key that was made. */
record AccessKey(String keyId, Secret secret) {}
