package dev.provisioner.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.provisioner.engine.Outcome;
import dev.provisioner.terraform.TerraformStacks;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadmeTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Path HERE = Path.of("src/test/java/dev/provisioner/readme");

  @TempDir Path temp;

  @Test
  void everyBlockOfJavaInTheReadmeIsCompiledCode() throws IOException {
    String compiled = "";
    for (String file : List.of("CallSite.java", "Notes.java", "NotesTest.java")) {
      compiled += squeezed(Files.readString(HERE.resolve(file)));
    }
    List<String> blocks = javaBlocks(Files.readString(ROOT.resolve("README.md")));
    assertThat(blocks).isNotEmpty();
    for (String block : blocks) {
      assertThat(compiled).contains(squeezed(block));
    }
  }

  private static List<String> javaBlocks(String markdown) {
    List<String> blocks = new ArrayList<>();
    Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(markdown);
    while (block.find()) {
      blocks.add(block.group(1));
    }
    return blocks;
  }

  private static String squeezed(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  @RequiresPart(RealPart.TERRAFORM)
  void theCallSiteRuns() throws Exception {
    Path module = Files.createDirectories(temp.resolve("modules/network"));
    Files.writeString(
        module.resolve("main.tf"),
        """
        variable "region" {
          type = string
        }

        resource "terraform_data" "vpc" {
          input = var.region
        }

        output "vpc_id" {
          value = terraform_data.vpc.id
        }

        output "region" {
          value = var.region
        }
        """);
    Path notes = Files.createDirectories(temp.resolve("notes"));
    TerraformStacks stacks =
        TerraformStacks.builder(temp.resolve("stacks"), temp.resolve("modules")).build();

    Outcome outcome = CallSite.onboard(stacks, new Notes(notes), temp.resolve("state"));

    assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
    try (var files = Files.list(notes)) {
      assertThat(files).hasSize(2);
    }
  }
}
