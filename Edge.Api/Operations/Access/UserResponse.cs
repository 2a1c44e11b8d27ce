using Npgsql;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>A user.</summary>
internal sealed record UserResponse(Guid Id, string Email, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, email, name, created_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static UserResponse Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3));
}
