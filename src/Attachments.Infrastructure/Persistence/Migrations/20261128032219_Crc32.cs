using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Crc32 : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "crc32",
                table: "blobs",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_blobs_without_crc32",
                table: "blobs",
                column: "id",
                filter: "crc32 IS NULL AND state = 1 AND released_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_blobs_without_crc32",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "crc32",
                table: "blobs");
        }
    }
}
