using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>A mailbox of Gmail to read.</summary>
internal sealed class ConnectMailboxRequest
{
    public string? Address { get; init; }

    /// <summary>The OAuth refresh token that its user granted, with the scope <c>gmail.readonly</c>.</summary>
    public string? RefreshToken { get; init; }
}

internal sealed class ConnectMailboxValidator : Validator<ConnectMailboxRequest>
{
    public ConnectMailboxValidator()
    {
        RuleFor(request => request.Address).NotEmpty().EmailAddress().Text(320);
        RuleFor(request => request.RefreshToken).NotEmpty().Text(4_096);
    }
}

/// <summary>
/// <c>POST /api/mailboxes</c>: connects a mailbox, or one's own once more with a new token. From then on its new mail is read.
/// </summary>
internal sealed class ConnectMailbox(
    CreatingTransactions transactions, JobOutbox outbox, SecretProtector secrets, AccountChanges changes, TimeProvider clock)
    : Endpoint<ConnectMailboxRequest, Results<Created<MailboxResponse>, ProblemHttpResult>>
{
    private const string Sql =
        $"""
        INSERT INTO mailboxes AS m (id, user_id, provider, address, refresh_token, status, created_at)
        VALUES ($1, $2, 'gmail', $3, $4, 'active', $5)
        ON CONFLICT (provider, lower(address)) DO UPDATE
        SET refresh_token = excluded.refresh_token, status = 'active', status_reason = NULL
        WHERE m.user_id = excluded.user_id
        RETURNING {MailboxResponse.Columns}
        """;

    public override void Configure()
    {
        Post("/api/mailboxes");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mailboxes", "Connect a mailbox of Gmail")
            .Produces<MailboxResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<MailboxResponse>, ProblemHttpResult>> ExecuteAsync(
        ConnectMailboxRequest request, CancellationToken ct)
    {
        // its first sync asks Gmail to push, too
        OutgoingJob[] staged = [new(new SyncMailbox(Guid.CreateVersion7(clock.GetUtcNow()), request.Address!.Trim().ToLowerInvariant(), null))];
        var creation = await transactions.RunAsync(HttpContext, request, tx => UpsertAsync(tx, request, staged, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
        {
            await changes.AnnounceAsync(HttpContext.Caller().UserId, creation.Answer!.Id);
            await outbox.FlushAsync(staged, CancellationToken.None);
        }

        return TypedResults.Created((string?)null, creation.Answer);
    }

    private async Task<Creation<MailboxResponse>> UpsertAsync(
        NpgsqlTransaction tx, ConnectMailboxRequest request, OutgoingJob[] staged, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var mailbox = await tx.Command(
            Sql, Guid.CreateVersion7(now), HttpContext.Caller().UserId, request.Address!.Trim().ToLowerInvariant(),
            secrets.Protect(request.RefreshToken!.Trim(), MailboxTokens.RefreshTokenPurpose), now).FirstAsync(MailboxResponse.Read, ct);
        if (mailbox is null)
            return Creation<MailboxResponse>.Refused(Problems.Conflict("This mailbox is connected to another user."));

        await outbox.StageAsync(tx.Connection!, tx, staged, ct);
        return Creation<MailboxResponse>.Made(mailbox);
    }
}
