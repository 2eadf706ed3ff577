package dev.provisioner.testkit.matrix;

import dev.provisioner.state.DocumentKey;
import dev.provisioner.state.MemoryStateStore;
import dev.provisioner.state.StateDocument;
import dev.provisioner.tenant.TenantId;
import dev.provisioner.testkit.CloudResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What must stay as it is: the same plan's resources and documents of another tenant and of another
 * installation, and things of nobody's whose names are almost ours.
 */
final class Neighbours {
  private static final List<DocumentKey> KEYS =
      List.of(
          new DocumentKey("matrix", TenSteps.NAME, TenantId.of("acme-2")),
          new DocumentKey("matrix-2", TenSteps.NAME, TenantId.of("acme-3")));
  private static final Neighbours MADE = make();

  private final List<CloudResource> resources = new ArrayList<>();
  private final Map<DocumentKey, StateDocument> documents = new LinkedHashMap<>();

  private Neighbours() {}

  private static Neighbours make() {
    Neighbours made = new Neighbours();
    for (DocumentKey key : KEYS) {
      Scene scene = new Scene(Parts.RIGHT, MemoryStateStore.create(), key);
      Node node = scene.earlier();
      node.provision(Wish.FIRST);
      node.end();
      made.resources.addAll(scene.cloud.existing());
      made.documents.put(key, scene.store.read(key).orElseThrow().document());
    }
    for (String name : List.of("acme", "acme-role-", "acme-rol", "acme-sync-2", "acme-topic.")) {
      made.resources.add(new CloudResource("fake-resources", name, null, Map.of("a", "b"), ""));
    }
    return made;
  }

  /** Puts them into a scene. */
  static void moveInto(Scene scene) {
    MADE.resources.forEach(
        each -> scene.cloud.plant(each.kind(), each.name(), each.marker(), each.attributes()));
    MADE.documents.forEach((key, document) -> scene.store.write(key, null, document));
  }

  /** Returns what is not as it was. */
  static List<String> harmed(Scene scene) {
    List<String> harmed = new ArrayList<>();
    scene.cloud.effectsOnPlanted().forEach(effect -> harmed.add(effect.call() + " of a neighbour"));
    Map<String, CloudResource> existing = new LinkedHashMap<>();
    scene.cloud.existing().forEach(each -> existing.put(each.name(), each));
    for (CloudResource should : MADE.resources) {
      CloudResource is = existing.get(should.name());
      if (is == null
          || !is.attributes().equals(should.attributes())
          || !Objects.equals(is.marker(), should.marker())) {
        harmed.add("resource " + should.name() + " is " + is);
      }
    }
    MADE.documents.forEach(
        (key, should) -> {
          StateDocument is = scene.store.read(key).orElseThrow().document();
          if (!is.equals(should)) {
            harmed.add("document " + key);
          }
        });
    return harmed;
  }

  /** Returns whether a resource is one of them. */
  static boolean isOne(CloudResource resource) {
    return MADE.resources.stream().anyMatch(each -> each.name().equals(resource.name()));
  }
}
