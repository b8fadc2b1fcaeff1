using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class FilesInDirectory : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_blobs_both_stores",
                table: "blobs");

            migrationBuilder.DropIndex(
                name: "ix_blobs_released_by_store",
                table: "blobs");

            migrationBuilder.DropCheckConstraint(
                name: "ck_blobs_store",
                table: "blobs");

            migrationBuilder.AddColumn<bool>(
                name: "in_directory",
                table: "blobs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ix_blobs_copies",
                table: "blobs",
                column: "touched_at",
                filter: "((large_object IS NOT NULL)::int + in_s3::int + in_directory::int) > 1");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_directory",
                table: "blobs",
                column: "id",
                filter: "in_directory");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_released_by_store",
                table: "blobs",
                columns: new[] { "store", "released_at" },
                filter: "released_at IS NOT NULL AND ((large_object IS NOT NULL)::int + in_s3::int + in_directory::int) <= 1");

            migrationBuilder.AddCheckConstraint(
                name: "ck_blobs_store",
                table: "blobs",
                sql: "store = 0 OR (store = 1 AND in_s3) OR (store = 2 AND in_directory)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_blobs_copies",
                table: "blobs");

            migrationBuilder.DropIndex(
                name: "ix_blobs_directory",
                table: "blobs");

            migrationBuilder.DropIndex(
                name: "ix_blobs_released_by_store",
                table: "blobs");

            migrationBuilder.DropCheckConstraint(
                name: "ck_blobs_store",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "in_directory",
                table: "blobs");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_both_stores",
                table: "blobs",
                column: "touched_at",
                filter: "in_s3 AND large_object IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_released_by_store",
                table: "blobs",
                columns: new[] { "store", "released_at" },
                filter: "released_at IS NOT NULL AND (large_object IS NULL OR NOT in_s3)");

            migrationBuilder.AddCheckConstraint(
                name: "ck_blobs_store",
                table: "blobs",
                sql: "store = 0 OR (store = 1 AND in_s3)");
        }
    }
}
