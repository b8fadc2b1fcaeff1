using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class SessionsAndRecordsReckoned : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "latest_removed",
                table: "sessions",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "latest_removed",
                table: "records",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "up_to",
                table: "record_spent_numbers",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_blobs_abandoned_by_store",
                table: "blobs",
                columns: new[] { "store", "touched_at" },
                filter: "state = 0 AND released_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_blobs_released_by_store",
                table: "blobs",
                columns: new[] { "store", "released_at" },
                filter: "released_at IS NOT NULL AND (large_object IS NULL OR NOT in_s3)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_blobs_abandoned_by_store",
                table: "blobs");

            migrationBuilder.DropIndex(
                name: "ix_blobs_released_by_store",
                table: "blobs");

            migrationBuilder.DropColumn(
                name: "latest_removed",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "latest_removed",
                table: "records");

            migrationBuilder.DropColumn(
                name: "up_to",
                table: "record_spent_numbers");
        }
    }
}
