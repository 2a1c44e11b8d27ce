using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>A key to make.</summary>
internal sealed class CreateApiKeyRequest
{
    public string? Name { get; init; }

    /// <summary>Left out, what concerns the user alone and the asking key has.</summary>
    public IReadOnlyList<string?>? Scopes { get; init; }

    /// <summary>Another user; for an administrator.</summary>
    public Guid? UserId { get; init; }
}

internal sealed class CreateApiKeyValidator : Validator<CreateApiKeyRequest>
{
    public CreateApiKeyValidator()
    {
        RuleFor(request => request.Name).NotEmpty().Text(200);
        RuleFor(request => request.Scopes)
            .NotEmpty()
            .When(request => request.Scopes is not null)
            .ListOf(Scope.All.Count, 50, scope =>
                Scope.All.Contains(scope) ? null : $"It must be one of {string.Join(", ", Scope.All)}.");
    }
}

/// <summary>
/// What was made, and the one time that the key is shown: it is null when the answer is given again for an <c>Idempotency-Key</c>.
/// </summary>
internal sealed record CreateApiKeyResponse(
    Guid Id, string? Key, string Prefix, Guid UserId, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt)
    : IShownOnce<CreateApiKeyResponse>
{
    public CreateApiKeyResponse WithoutSecret() => this with { Key = null };
}

/// <summary>
/// <c>POST /api/api-keys</c>: a key for oneself, with scopes that the asking key has; for an administrator also for others, with any.
/// </summary>
internal sealed class CreateApiKey(CreatingTransactions transactions, DailyQuotas quotas, TimeProvider timeProvider)
    : Endpoint<CreateApiKeyRequest, Results<Created<CreateApiKeyResponse>, ProblemHttpResult>>
{
    private const string Sql =
        """
        INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at)
        SELECT $1, id, $3, $4, $5, $6, $7 FROM users WHERE id = $2
        """;

    public override void Configure()
    {
        Post("/api/api-keys");
        Description(endpoint => endpoint.Titled("Keys", "Create a key; it is shown once")
            .Produces<CreateApiKeyResponse>(201).Refuses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<CreateApiKeyResponse>, ProblemHttpResult>> ExecuteAsync(
        CreateApiKeyRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        string[] scopes = request.Scopes is null ? [.. Scope.Personal.Where(caller.Has)] : [.. request.Scopes.Distinct()!];
        if (Missing(caller, request.UserId ?? caller.UserId, scopes) is { } missing)
            return Problems.MissingScope($"To make this key, the asking one must have the scope '{missing}'.");
        if (await quotas.TakeAsync(HttpContext, Quota.Keys, request.UserId ?? caller.UserId, ct) is { } usedUp)
            return usedUp;

        var creation = await transactions.RunAsync(
            HttpContext, request, tx => InsertAsync(tx, request.UserId ?? caller.UserId, request.Name!.Trim(), scopes, ct), ct);
        return creation.Refusal is { } refusal ? refusal : TypedResults.Created((string?)null, creation.Answer);
    }

    /// <summary>The scope that the asking key lacks; null if it lacks none. Nobody gives what they don't have.</summary>
    internal static string? Missing(Caller caller, Guid userId, IReadOnlyList<string> scopes) =>
        userId != caller.UserId && !caller.IsAdmin ? Scope.Admin : scopes.FirstOrDefault(scope => !caller.Has(scope));

    private async Task<Creation<CreateApiKeyResponse>> InsertAsync(
        NpgsqlTransaction tx, Guid userId, string name, string[] scopes, CancellationToken ct)
    {
        var key = ApiKeySecret.New();
        var now = timeProvider.GetUtcNow();
        var made = new CreateApiKeyResponse(
            Guid.CreateVersion7(now), key, ApiKeySecret.Shown(key), userId, name, scopes, now.ToStorable());
        var inserted = await tx
            .Command(Sql, made.Id, userId, name, ApiKeySecret.Hash(key), made.Prefix, scopes, made.CreatedAt).RunAsync(ct);
        return inserted == 0
            ? Creation<CreateApiKeyResponse>.Refused(Problems.NotFound("user", userId))
            : Creation<CreateApiKeyResponse>.Made(made);
    }
}
