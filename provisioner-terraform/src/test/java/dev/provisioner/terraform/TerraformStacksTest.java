package dev.provisioner.terraform;

import static dev.provisioner.terraform.Fixture.attempt;
import static dev.provisioner.terraform.Fixture.begun;
import static dev.provisioner.terraform.Fixture.differences;
import static dev.provisioner.terraform.Fixture.filesWith;
import static dev.provisioner.terraform.Fixture.made;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.error.PermanentException;
import dev.provisioner.secret.Secret;
import dev.provisioner.spi.Found;
import dev.provisioner.spi.Known;
import dev.provisioner.spi.Marker;
import dev.provisioner.spi.OutputView;
import dev.provisioner.spi.Removed;
import dev.provisioner.testkit.TestAttempt;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stacks of Terraform's built-in resource: fast, and without a provider to install. */
@RequiresPart(RealPart.TERRAFORM)
final class TerraformStacksTest {
  private static final String NETWORK =
      """
      variable "region" {
        type = string
      }
      variable "token" {
        type      = string
        sensitive = true
        default   = "none"
      }
      variable "people" {
        type    = list(object({ name = string, key = string }))
        default = []
      }
      resource "terraform_data" "vpc" {
        input = var.region
      }
      resource "terraform_data" "keys" {
        input = sensitive([var.token, var.people])
      }
      output "vpc_region" {
        value = terraform_data.vpc.output
      }
      output "vpc_id" {
        value = terraform_data.vpc.id
      }
      output "token_used" {
        value     = var.token
        sensitive = true
      }
      output "keys_used" {
        value     = terraform_data.keys.output
        sensitive = true
      }
      """;

  @TempDir Path home;
  private Fixture fixture;

  record Network(String vpcRegion, String vpcId, Secret tokenUsed) {}

  record Keys(Secret keysUsed) {}

  @BeforeEach
  void writeModule() throws IOException {
    fixture = new Fixture(home).module("network", NETWORK);
  }

  @Test
  void aStackIsMadeFoundChangedAndRemoved() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = new StackSpec("network", Map.of("region", "eu-west-1"));
    TestAttempt attempt = attempt("acme");
    assertThat(stacks.find(begun(spec), attempt)).isEqualTo(Found.absent());

    StackOutputs outputs = made(stacks.provision(spec, attempt));
    Network network = outputs.as(Network.class);
    assertThat(network.vpcRegion()).isEqualTo("eu-west-1");
    assertThat(network.tokenUsed()).isEqualTo(Secret.of("none"));
    OutputView<StackSpec, StackOutputs, Network> view = stacks.as(Network.class);
    assertThat(view.view().apply(outputs)).isEqualTo(network);
    assertThat(attempt.told().get(attempt.told().size() - 1).done()).isEqualTo(2);
    assertThat(stacks.find(begun(spec), attempt.next())).isEqualTo(Found.ours(outputs));
    Known<StackSpec, StackOutputs> known = Known.made(spec, outputs);
    assertThat(stacks.inspect(known, attempt.next())).isEqualTo(Found.ours(outputs));

    StackSpec wanted = spec.variable("region", "us-east-1");
    StackOutputs changed = made(stacks.update(known, wanted, attempt.next()));
    assertThat(changed.as(Network.class).vpcRegion()).isEqualTo("us-east-1");
    assertThat(changed.as(Network.class).vpcId()).isEqualTo(network.vpcId());
    assertThat(differences(stacks.inspect(known, attempt.next())))
        .containsExactly("variable 'region' is applied with another value");

    Known<StackSpec, StackOutputs> last = Known.made(wanted, changed);
    assertThat(stacks.deprovision(last, attempt.next())).isEqualTo(Removed.gone());
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
    assertThat(stacks.find(last, attempt.next())).isEqualTo(Found.absent());
    assertThat(stacks.deprovision(last, attempt.next())).isEqualTo(Removed.gone());
  }

  @Test
  void secretsReachTerraformOnlyByItsEnvironment() throws Exception {
    Path argv = home.resolve("argv");
    Path spy = home.resolve("terraform-spy");
    Files.writeString(
        spy,
        "#!/bin/sh\necho \"$@\" >> " + argv + "\nexec " + RealPart.TERRAFORM.path() + " \"$@\"\n");
    Files.setPosixFilePermissions(spy, PosixFilePermissions.fromString("rwx------"));
    TerraformStacks stacks = fixture.builder().binary(spy.toString()).build();
    StackSpec spec =
        StackSpec.of("network")
            .variable("region", "eu-west-1")
            .variable("token", Secret.of("to ken\"${x}\n%{y}é1"))
            .variable("people", List.of(Map.of("name", "eve", "key", Secret.of("k\\e\"y${y}-77"))));
    TestAttempt attempt = attempt("acme");

    StackOutputs outputs = made(stacks.provision(spec, attempt));

    assertThat(outputs.as(Network.class).tokenUsed()).isEqualTo(Secret.of("to ken\"${x}\n%{y}é1"));
    assertThat(outputs.as(Keys.class).keysUsed().reveal())
        .contains("\"key\":\"k\\\\e\\\"y${y}-77\"");
    assertThat(Files.readString(argv)).contains("apply").doesNotContain("ken").doesNotContain("77");
    // the state holds them, as documented; nothing else does
    assertThat(filesWith(home, "y}-77"))
        .allMatch(file -> file.toString().contains("/state/"), "in the state only");
    assertThat(filesWith(home, "to ken"))
        .allMatch(file -> file.toString().contains("/state/"), "in the state only");
  }

  @Test
  void everythingInTheWorkingDirectoryIsForItsOwnerOnly() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    TestAttempt attempt = attempt("acme");
    stacks.provision(new StackSpec("network", Map.of("region", "eu")), attempt);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.work)))
        .isEqualTo("rwx------");
    try (Stream<Path> tree = Files.walk(fixture.work.resolve(attempt.name()))) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        if (!path.toString().contains("/data/")) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
              .as(path.toString())
              .matches("rw[-x]------");
        }
      }
    }
  }

  @Test
  void aChangedModuleIsAChangedSpecOnlyIfTheSpecHoldsItsHash() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec pinned = stacks.stack("network").variable("region", "eu");
    StackSpec loose = StackSpec.of("network").variable("region", "eu");
    TestAttempt one = attempt("pinned");
    TestAttempt two = attempt("loose");
    StackOutputs first = made(stacks.provision(pinned, one));
    StackOutputs second = made(stacks.provision(loose, two));

    fixture.module("network", NETWORK + "output \"more\" {\n  value = 1\n}\n");

    assertThat(stacks.stack("network").variable("region", "eu")).isNotEqualTo(pinned);
    assertThat(stacks.find(Known.made(pinned, first), one.next())).isEqualTo(Found.ours(first));
    assertThat(differences(stacks.inspect(Known.made(loose, second), two.next())))
        .containsExactly("the module's files have changed since they were applied");
    assertThatThrownBy(() -> stacks.provision(pinned, one.next()))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("has other files than those the spec was made for");
    StackSpec wanted = stacks.stack("network").variable("region", "eu");
    StackOutputs updated = made(stacks.update(Known.made(pinned, first), wanted, one.next()));
    assertThat(updated.outputs()).containsEntry("more", 1);
  }

  @Test
  void aStackIsRemovedWithItsOwnCopyWhenTheModuleHasGone() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = stacks.stack("network").variable("region", "eu");
    TestAttempt attempt = attempt("acme");
    StackOutputs outputs = made(stacks.provision(spec, attempt));
    Files.delete(fixture.modules.resolve("network/main.tf"));

    Known<StackSpec, StackOutputs> known = Known.made(spec, outputs);
    assertThat(stacks.find(known, attempt.next())).isEqualTo(Found.ours(outputs));
    assertThat(stacks.deprovision(known, attempt.next())).isEqualTo(Removed.gone());
  }

  @Test
  void anotherMarkersDirectoryIsForeignAndNeverTouched() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = new StackSpec("network", Map.of("region", "eu"));
    TestAttempt attempt = attempt("acme");
    stacks.provision(spec, attempt);
    Marker marker = attempt.marker();
    TestAttempt other =
        attempt.withMarker(
            new Marker(
                marker.installation(), marker.tenant(), marker.plan(), marker.step(), "other"));

    assertThat(stacks.find(begun(spec), other))
        .isEqualTo(Found.foreign("it carries the marker " + marker.text()));
    assertThatThrownBy(() -> stacks.provision(spec, other))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("carries another marker: " + marker.text());
    assertThatThrownBy(() -> stacks.deprovision(begun(spec), other))
        .hasMessageEndingWith("Nothing was touched.");
    assertThat(stacks.find(begun(spec), attempt.next())).isInstanceOf(Found.Ours.class);
  }

  @Test
  void aLostOrUnmountedDirectoryIsAmbiguousNotAbsent() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    StackSpec spec = new StackSpec("network", Map.of("region", "eu"));
    TestAttempt attempt = attempt("acme");
    stacks.provision(spec, attempt);

    TerraformStacks elsewhere =
        TerraformStacks.builder(home.resolve("other"), fixture.modules).build();
    assertThat(((Found.Ambiguous<?>) elsewhere.find(begun(spec), attempt.next())).reason())
        .contains("Mount the same one on every engine.");
    SecureFiles.deleteTree(fixture.work.resolve(attempt.name()));
    assertThat(((Found.Ambiguous<?>) stacks.find(begun(spec), attempt.next())).reason())
        .contains("is gone, and it was not removed here");
  }

  @Test
  void twoTenantsAreMadeInParallel() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    List<CompletableFuture<StackOutputs>> both =
        Stream.of("one", "two")
            .map(
                tenant ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            StackSpec spec = new StackSpec("network", Map.of("region", tenant));
                            return made(stacks.provision(spec, attempt(tenant)));
                          } catch (IOException e) {
                            throw new IllegalStateException("provision failed", e);
                          }
                        }))
            .toList();
    assertThat(both.get(0).get().as(Network.class).vpcRegion()).isEqualTo("one");
    assertThat(both.get(1).get().as(Network.class).vpcRegion()).isEqualTo("two");
  }

  @Test
  void hostileTenantNamesStayInTheirDirectory() throws Exception {
    TerraformStacks stacks = fixture.stacks();
    for (String tenant : List.of("../../etc", "$(touch x)`id`", "a/b\\c", "-rf", "${path.cwd}")) {
      TestAttempt attempt = attempt(tenant);
      StackSpec spec = new StackSpec("network", Map.of("region", tenant));
      Network network = made(stacks.provision(spec, attempt)).as(Network.class);
      assertThat(network.vpcRegion()).isEqualTo(tenant);
      assertThat(fixture.work.resolve(attempt.name()).getParent()).isEqualTo(fixture.work);
    }
    try (Stream<Path> children = Files.list(home)) {
      assertThat(children.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("modules", "work");
    }
  }

  @Test
  void aMissingProgramIsReportedBeforeAnythingIsTouched() {
    TerraformStacks stacks = fixture.builder().binary("/does/not/exist/terraform").build();
    TestAttempt attempt = attempt("acme");
    assertThatThrownBy(() -> stacks.provision(StackSpec.of("network"), attempt))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith(
            "Terraform cannot be started as '/does/not/exist/terraform'. Nothing was touched."
                + " Install it (https://developer.hashicorp.com/terraform/install)");
    assertThat(fixture.work.resolve(attempt.name())).doesNotExist();
    assertThat(attempt.remembered()).isEmpty();
  }

  @Test
  void anOldProgramIsReportedBeforeAnythingIsTouched() throws Exception {
    Path old = home.resolve("terraform-old");
    Files.writeString(old, "#!/bin/sh\necho '{\"terraform_version\": \"1.5.7\"}'\n");
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwx------"));
    TerraformStacks stacks = fixture.builder().binary(old.toString()).build();
    assertThatThrownBy(() -> stacks.provision(StackSpec.of("network"), attempt("acme")))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith(
            "'" + old + "' is version 1.5.7; at least 1.9 is needed. Nothing was touched.");
  }

  @Test
  void modulesBesideTheModuleComeAlong() throws Exception {
    fixture.module(
        "app",
        """
        module "net" {
          source = "../network"
          region = "eu"
        }
        output "region" {
          value = module.net.vpc_region
        }
        """);
    StackOutputs outputs = made(fixture.stacks().provision(StackSpec.of("app"), attempt("acme")));
    assertThat(outputs.outputs()).containsEntry("region", "eu");
  }
}
