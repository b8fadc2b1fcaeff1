using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "blobs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<short>(type: "smallint", nullable: false),
                    length = table.Column<long>(type: "bigint", nullable: false),
                    md5 = table.Column<byte[]>(type: "bytea", nullable: true),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: true),
                    media_type = table.Column<string>(type: "text", nullable: false),
                    stored_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    stored_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    touched_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    released_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    large_object = table.Column<uint>(type: "oid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_blobs", x => x.id);
                    table.CheckConstraint("ck_blobs_stored", "state = 0 OR (md5 IS NOT NULL AND sha256 IS NOT NULL AND stored_at IS NOT NULL)");
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<long>(type: "bigint", nullable: false),
                    uuid = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    unit_id = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    created = table.Column<long>(type: "bigint", nullable: false),
                    saved = table.Column<long>(type: "bigint", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    point_count = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "session_points",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    scalar = table.Column<string>(type: "text", nullable: true),
                    raw_data = table.Column<byte[]>(type: "bytea", nullable: true),
                    file_name = table.Column<string>(type: "text", nullable: true),
                    blob_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_session_points", x => new { x.session_id, x.name });
                    table.CheckConstraint("ck_session_points_file", "(blob_id IS NULL) = (file_name IS NULL)");
                    table.CheckConstraint("ck_session_points_one_value", "num_nonnulls(scalar, raw_data, blob_id) = 1");
                    table.ForeignKey(
                        name: "FK_session_points_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_session_points_sessions_session_id",
                        column: x => x.session_id,
                        principalTable: "sessions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_blobs_pending",
                table: "blobs",
                column: "touched_at",
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_released",
                table: "blobs",
                column: "released_at",
                filter: "released_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_session_points_blob",
                table: "session_points",
                column: "blob_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sessions_newest",
                table: "sessions",
                columns: new[] { "project_id", "created", "uuid" });

            migrationBuilder.CreateIndex(
                name: "ux_sessions_uuid",
                table: "sessions",
                columns: new[] { "project_id", "uuid" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "session_points");

            migrationBuilder.DropTable(
                name: "blobs");

            migrationBuilder.DropTable(
                name: "sessions");
        }
    }
}
