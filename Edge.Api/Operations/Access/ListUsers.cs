using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

internal sealed class ListUsersRequest : PageRequest;

internal sealed class ListUsersValidator() : PageValidator<ListUsersRequest>(ListUsers.Name);

/// <summary><c>GET /api/users</c>: all users, newest first, for an administrator.</summary>
internal sealed class ListUsers(NpgsqlDataSource database) : Endpoint<ListUsersRequest, Ok<Page<UserResponse>>>
{
    public const string Name = "users";

    private const string Sql =
        $"SELECT {UserResponse.Columns} FROM users WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2";

    public override void Configure()
    {
        Get("/api/users");
        Policies(Scope.Admin);
        Description(endpoint => endpoint.Titled("Users", "List users, newest first")
            .Produces<Page<UserResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Ok<Page<UserResponse>>> ExecuteAsync(ListUsersRequest request, CancellationToken ct)
    {
        var users = await database.Command(Sql, Cursor.Of(Name, request)?.Id, request.PageSize() + 1).ListAsync(UserResponse.Read, ct);
        return TypedResults.Ok(Page<UserResponse>.Of(users, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}
