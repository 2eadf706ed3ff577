package dev.provisioner.samples.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.provisioner.tenant.TenantId;
import java.util.Map;
import java.util.TreeMap;

/** What is written into the tenants' folders. Ids are escaped wherever they appear. */
final class Contents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Contents() {}

  static FolderSpec workspace(TenantId tenant, Signup signup) {
    return FolderSpec.of(
        "settings.json",
        json(
            Map.of(
                "tenant", tenant.value(),
                "region", signup.region(),
                "size", signup.size().label())));
  }

  static FolderSpec analytics(Landing landing, AccessKey key) {
    return FolderSpec.of(
        "pipeline.json", json(Map.of("source", landing.bucket(), "key", key.keyId())));
  }

  static FolderSpec welcome(TenantId tenant, Signup signup, Landing landing, AccessKey key) {
    return FolderSpec.of(
        "index.html",
        """
        <!doctype html>
        <meta charset="utf-8">
        <title>Welcome, %1$s</title>
        <h1>Welcome, %1$s</h1>
        <p>Your %2$s account in %3$s is ready.</p>
        <p>Send your files to <code>%4$s</code> as <code>%5$s</code> with key <code>%6$s</code>.</p>
        """
            .formatted(
                html(tenant.value()),
                signup.size().label(),
                html(signup.region()),
                html(landing.bucket()),
                html(landing.role()),
                html(key.keyId())));
  }

  static String json(Map<String, ?> values) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(values)) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("These values cannot be written as JSON.", e);
    }
  }

  private static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
