# The same landing zone for machines without the AWS provider: what Terraform has built in.

terraform {
  required_version = ">= 1.9"
}

variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "size" {
  type = string
}

variable "workspace" {
  type = string
}

resource "terraform_data" "bucket" {
  input = {
    name   = var.name
    region = var.region
    tags   = { size = var.size, workspace = var.workspace }
  }
}

resource "terraform_data" "role" {
  input = {
    name  = var.name
    reads = terraform_data.bucket.output.name
  }
}

output "bucket" {
  value = terraform_data.bucket.output.name
}

output "role" {
  value = terraform_data.role.output.name
}
