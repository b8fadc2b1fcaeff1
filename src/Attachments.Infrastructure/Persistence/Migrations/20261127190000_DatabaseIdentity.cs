using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DatabaseIdentity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE TABLE database_identity (id uuid NOT NULL);
                CREATE UNIQUE INDEX database_identity_has_one_row ON database_identity ((TRUE));
                INSERT INTO database_identity VALUES (gen_random_uuid());
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "database_identity");
        }
    }
}
