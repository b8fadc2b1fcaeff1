using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Uploads : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "fence",
                table: "blobs",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "uploads",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    path = table.Column<string>(type: "text", nullable: false),
                    destination = table.Column<string>(type: "text", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: true),
                    media_type = table.Column<string>(type: "text", nullable: false),
                    metadata = table.Column<string>(type: "text", nullable: true),
                    preconditions = table.Column<string>(type: "text", nullable: true),
                    expected_md5 = table.Column<byte[]>(type: "bytea", nullable: true),
                    expected_sha256 = table.Column<byte[]>(type: "bytea", nullable: true),
                    expected_sha512 = table.Column<byte[]>(type: "bytea", nullable: true),
                    length = table.Column<long>(type: "bigint", nullable: true),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    blob_id = table.Column<Guid>(type: "uuid", nullable: true),
                    outcome = table.Column<string>(type: "text", nullable: true),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_uploads", x => x.id);
                    table.ForeignKey(
                        name: "FK_uploads_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "ix_uploads_created",
                table: "uploads",
                column: "created_at",
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "ix_uploads_ended",
                table: "uploads",
                column: "ended_at",
                filter: "state <> 0");

            migrationBuilder.CreateIndex(
                name: "ix_uploads_open",
                table: "uploads",
                columns: new[] { "created_by", "created_at", "id" },
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "ix_uploads_without_bytes",
                table: "uploads",
                column: "created_at",
                filter: "state = 0 AND blob_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ux_uploads_blob",
                table: "uploads",
                column: "blob_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "uploads");

            migrationBuilder.DropColumn(
                name: "fence",
                table: "blobs");
        }
    }
}
