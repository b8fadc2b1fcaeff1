using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class UploadParts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "piece_length",
                table: "uploads",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<uint>(
                name: "tail",
                table: "uploads",
                type: "oid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "upload_parts",
                columns: table => new
                {
                    blob_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    etag = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_upload_parts", x => new { x.blob_id, x.number });
                    table.ForeignKey(
                        name: "FK_upload_parts_blobs_blob_id",
                        column: x => x.blob_id,
                        principalTable: "blobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            // Whatever makes an upload let go of its tail deletes it: a statement, the end of the upload, or the reclaiming of its blob.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION unlink_upload_tail() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = OLD.tail;
                    IF TG_OP = 'DELETE' THEN
                        RETURN OLD;
                    END IF;
                    IF NEW.tail = OLD.tail THEN
                        NEW.tail = NULL;
                    END IF;
                    RETURN NEW;
                END $$;

                CREATE TRIGGER unlink_deleted_tail BEFORE DELETE ON uploads
                    FOR EACH ROW WHEN (OLD.tail IS NOT NULL) EXECUTE FUNCTION unlink_upload_tail();

                CREATE TRIGGER unlink_replaced_tail BEFORE UPDATE ON uploads
                    FOR EACH ROW WHEN (OLD.tail IS NOT NULL AND (NEW.tail IS DISTINCT FROM OLD.tail OR NEW.blob_id IS NULL))
                    EXECUTE FUNCTION unlink_upload_tail();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER unlink_replaced_tail ON uploads;
                DROP TRIGGER unlink_deleted_tail ON uploads;
                DROP FUNCTION unlink_upload_tail();
                """);

            migrationBuilder.DropTable(
                name: "upload_parts");

            migrationBuilder.DropColumn(
                name: "piece_length",
                table: "uploads");

            migrationBuilder.DropColumn(
                name: "tail",
                table: "uploads");
        }
    }
}
