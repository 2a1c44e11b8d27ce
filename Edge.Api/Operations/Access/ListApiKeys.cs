using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>Whose keys to list.</summary>
internal sealed class ListApiKeysRequest : PageRequest
{
    /// <summary>Another user; for an administrator.</summary>
    [QueryParam]
    public Guid? UserId { get; set; }
}

internal sealed class ListApiKeysValidator() : PageValidator<ListApiKeysRequest>(ListApiKeys.Name);

/// <summary><c>GET /api/api-keys</c>: a user's keys, newest first, revoked ones included.</summary>
internal sealed class ListApiKeys(NpgsqlDataSource dataSource)
    : Endpoint<ListApiKeysRequest, Results<Ok<Page<ApiKeyResponse>>, ProblemHttpResult>>
{
    public const string Name = "api-keys";

    private const string Sql =
        $"""
        SELECT {ApiKeyResponse.Columns}
        FROM api_keys
        WHERE user_id = $1 AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
        ORDER BY created_at DESC, id DESC
        LIMIT $4
        """;

    public override void Configure()
    {
        Get("/api/api-keys");
        Description(endpoint => endpoint.Titled("Keys", "List keys, newest first")
            .Produces<Page<ApiKeyResponse>>().Refuses(400, 401, 403, 429, 503));
    }

    public override async Task<Results<Ok<Page<ApiKeyResponse>>, ProblemHttpResult>> ExecuteAsync(
        ListApiKeysRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        if (request.UserId is { } other && other != caller.UserId && !caller.IsAdmin)
            return Problems.MissingScope($"The keys of others are for keys with the scope '{Scope.Admin}'.");

        var after = Cursor.Of(Name, request);
        var keys = await dataSource.Command(Sql, request.UserId ?? caller.UserId, after?.At, after?.Id, request.PageSize() + 1)
            .ListAsync(ApiKeyResponse.Read, ct);
        return TypedResults.Ok(Page<ApiKeyResponse>.Of(keys, request.PageSize(), last => new Cursor(last.CreatedAt, last.Id).Encode(Name)));
    }
}

/// <summary>A key as lists show it: never the key itself.</summary>
internal sealed record ApiKeyResponse(
    Guid Id, Guid UserId, string Name, string Prefix, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "id, user_id, name, prefix, scopes, created_at, revoked_at";

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static ApiKeyResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4),
        row.GetFieldValue<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6));
}
