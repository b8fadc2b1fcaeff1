using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Changes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "changes",
                columns: table => new
                {
                    ordinal = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    position = table.Column<long>(type: "bigint", nullable: true),
                    numbered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    type = table.Column<string>(type: "text", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    made_by = table.Column<Guid>(type: "uuid", nullable: true),
                    project_id = table.Column<long>(type: "bigint", nullable: true),
                    session_uuid = table.Column<string>(type: "text", nullable: true),
                    point_name = table.Column<string>(type: "text", nullable: true),
                    is_replacement = table.Column<bool>(type: "boolean", nullable: false),
                    form_type = table.Column<string>(type: "text", nullable: true),
                    record_id = table.Column<string>(type: "text", nullable: true),
                    folder = table.Column<string>(type: "text", nullable: true),
                    file_name = table.Column<string>(type: "text", nullable: true),
                    temporary_id = table.Column<Guid>(type: "uuid", nullable: true),
                    item_id = table.Column<Guid>(type: "uuid", nullable: true),
                    attachment_id = table.Column<long>(type: "bigint", nullable: true),
                    owners = table.Column<Guid[]>(type: "uuid[]", nullable: true),
                    organisations = table.Column<long[]>(type: "bigint[]", nullable: true),
                    length = table.Column<long>(type: "bigint", nullable: true),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: true),
                    media_type = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_changes", x => x.ordinal);
                });

            migrationBuilder.CreateTable(
                name: "feed",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_position = table.Column<long>(type: "bigint", nullable: false),
                    expired_position = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_feed", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_changes_unnumbered",
                table: "changes",
                column: "ordinal",
                filter: "position IS NULL");

            migrationBuilder.CreateIndex(
                name: "ux_changes_position",
                table: "changes",
                column: "position",
                unique: true,
                filter: "position IS NOT NULL");

            // A database has one feed. Its id is in a dump, and so cursors stay valid where the dump is restored.
            migrationBuilder.Sql(
                """
                CREATE UNIQUE INDEX feed_has_one_row ON feed ((TRUE));
                INSERT INTO feed (id, last_position, expired_position) VALUES (gen_random_uuid(), 0, 0);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "changes");

            migrationBuilder.DropTable(
                name: "feed");
        }
    }
}
