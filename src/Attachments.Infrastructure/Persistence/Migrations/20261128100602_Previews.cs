using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Previews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "previews",
                columns: table => new
                {
                    source_blob_id = table.Column<Guid>(type: "uuid", nullable: false),
                    recipe = table.Column<string>(type: "text", nullable: false),
                    preset = table.Column<string>(type: "text", nullable: false),
                    blob_id = table.Column<Guid>(type: "uuid", nullable: true),
                    refusal = table.Column<short>(type: "smallint", nullable: true),
                    retry_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_previews", x => new { x.source_blob_id, x.recipe, x.preset });
                    table.CheckConstraint("ck_previews_outcome", "(blob_id IS NULL) <> (refusal IS NULL)");
                    table.ForeignKey(
                        name: "FK_previews_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_previews_blobs_source_blob_id",
                        column: x => x.source_blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_previews_blob_id",
                table: "previews",
                column: "blob_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "previews");
        }
    }
}
