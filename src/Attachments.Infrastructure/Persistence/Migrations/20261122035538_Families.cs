using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Families : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "in_s3",
                table: "blobs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "missing_since",
                table: "blobs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "sha512",
                table: "blobs",
                type: "bytea",
                nullable: true);

            migrationBuilder.AddColumn<short>(
                name: "store",
                table: "blobs",
                type: "smallint",
                nullable: false,
                defaultValue: (short)0);

            migrationBuilder.AddColumn<string>(
                name: "upload_id",
                table: "blobs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "owned_attachments",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    file_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    description = table.Column<string>(type: "text", nullable: false),
                    sequence_map_for = table.Column<string>(type: "text", nullable: true),
                    owned_by_user = table.Column<Guid>(type: "uuid", nullable: false),
                    owned_by_org = table.Column<long>(type: "bigint", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    blob_id = table.Column<Guid>(type: "uuid", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_owned_attachments", x => x.id);
                    table.ForeignKey(
                        name: "FK_owned_attachments_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "record_sequences",
                columns: table => new
                {
                    form_type = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    last = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_record_sequences", x => x.form_type);
                });

            migrationBuilder.CreateTable(
                name: "record_spent_numbers",
                columns: table => new
                {
                    form_type = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    record_id = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_record_spent_numbers", x => new { x.form_type, x.record_id });
                });

            migrationBuilder.CreateTable(
                name: "records",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    form_type = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    record_id = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    attributes = table.Column<string>(type: "json", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    files_revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_records", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "temporary_sets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    temporary_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    last_upload_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_ordinal = table.Column<long>(type: "bigint", nullable: false),
                    item_count = table.Column<int>(type: "integer", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_temporary_sets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "record_files",
                columns: table => new
                {
                    folder = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    blob_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_record_files", x => new { x.owner_id, x.folder, x.name });
                    table.CheckConstraint("ck_record_files_name", "name <> ''");
                    table.ForeignKey(
                        name: "FK_record_files_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_record_files_records_owner_id",
                        column: x => x.owner_id,
                        principalTable: "records",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "temporary_items",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    set_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false, collation: "C"),
                    file_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    content_type = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    blob_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_temporary_items", x => x.id);
                    table.ForeignKey(
                        name: "FK_temporary_items_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_temporary_items_temporary_sets_set_id",
                        column: x => x.set_id,
                        principalTable: "temporary_sets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_blobs_both_stores",
                table: "blobs",
                column: "touched_at",
                filter: "in_s3 AND large_object IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_s3",
                table: "blobs",
                column: "id",
                filter: "in_s3");

            migrationBuilder.AddCheckConstraint(
                name: "ck_blobs_store",
                table: "blobs",
                sql: "store = 0 OR (store = 1 AND in_s3)");

            migrationBuilder.CreateIndex(
                name: "ix_owned_attachments_file_name",
                table: "owned_attachments",
                columns: new[] { "file_name", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_owned_attachments_newest",
                table: "owned_attachments",
                columns: new[] { "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_owned_attachments_organisation",
                table: "owned_attachments",
                columns: new[] { "owned_by_org", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_owned_attachments_user",
                table: "owned_attachments",
                columns: new[] { "owned_by_user", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_owned_attachments_blob",
                table: "owned_attachments",
                column: "blob_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_record_files_blob",
                table: "record_files",
                column: "blob_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_records_record",
                table: "records",
                columns: new[] { "form_type", "record_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_temporary_items_blob",
                table: "temporary_items",
                column: "blob_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_temporary_items_order",
                table: "temporary_items",
                columns: new[] { "set_id", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_temporary_sets_ended",
                table: "temporary_sets",
                column: "ended_at",
                filter: "ended_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_temporary_sets_last_upload",
                table: "temporary_sets",
                column: "last_upload_at",
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ux_temporary_sets_id",
                table: "temporary_sets",
                column: "temporary_id",
                unique: true,
                filter: "ended_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "owned_attachments");

            migrationBuilder.DropTable(
                name: "record_files");

            migrationBuilder.DropTable(
                name: "record_sequences");

            migrationBuilder.DropTable(
                name: "record_spent_numbers");

            migrationBuilder.DropTable(
                name: "temporary_items");

            migrationBuilder.DropTable(
                name: "records");

            migrationBuilder.DropTable(
                name: "temporary_sets");

            migrationBuilder.DropIndex(
                name: "ix_blobs_both_stores",
                table: "blobs");

            migrationBuilder.DropIndex(
                name: "ix_blobs_s3",
                table: "blobs");

            migrationBuilder.DropCheckConstraint(
                name: "ck_blobs_store",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "in_s3",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "missing_since",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "sha512",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "store",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "upload_id",
                table: "blobs");
        }
    }
}
