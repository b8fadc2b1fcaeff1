using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Attachments.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class SmallContent : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Strict: PostgreSQL does not call it for a null argument, such as the SHA-256 of a pending blob. Missing or damaged bytes must
            // not fail the query that finds the file; the read that follows tells them apart.
            migrationBuilder.Sql(
                """
                CREATE FUNCTION small_content(large_object oid, store smallint, length bigint, sha256 bytea, unless bytea) RETURNS bytea
                    LANGUAGE plpgsql STABLE STRICT AS $$
                BEGIN
                    RETURN CASE WHEN store = 0 AND length <= 80000 AND sha256 <> unless THEN lo_get(large_object) END;
                EXCEPTION WHEN undefined_object OR internal_error OR system_error THEN
                    RETURN NULL;
                END $$;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP FUNCTION small_content(oid, smallint, bigint, bytea, bytea);");
        }
    }
}
