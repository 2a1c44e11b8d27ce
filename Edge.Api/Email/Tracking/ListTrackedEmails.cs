using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Email.Accounts;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary><c>GET /api/emails/tracked</c>: the user's tracked mails, newest first unless sorted otherwise.</summary>
internal sealed class ListTrackedEmails(AccountBook book, NpgsqlDataSource database, TrackedEmailLists lists)
    : Endpoint<ListTrackedEmailsRequest, Results<Ok<TrackedEmailPage>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/tracked");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Tracked mail", "List tracked mails: filter, search, sort")
            .Produces<TrackedEmailPage>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<TrackedEmailPage>, ProblemHttpResult>> ExecuteAsync(ListTrackedEmailsRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var accounts = await OwnedAccounts.FindAsync(database, userId, await book.FindAsync(userId, request.AccountId, ct), ct);
        if (request.AccountId is { } wanted && accounts.Ids.Length == 0)
            return Problems.NotFound("account", wanted);

        var part = await lists.ReadAsync(request.ToQuery(accounts), ct);
        var page = Page<TrackedEmailResponse>.Of(part.Items, request.PageSize(), last => CursorAfter(last, request.EffectiveSort()));
        int? total = part.Total is { } counted ? Math.Min(counted, ListTrackedEmailsRequest.MaxReach) : null;
        return TypedResults.Ok(new TrackedEmailPage(page.Items, page.NextCursor, request.Page, total, total is null ? null : part.Total == total));
    }

    private static string CursorAfter(TrackedEmailResponse last, string sort)
    {
        var at = TrackedEmailSort.IsByAnswer(sort) ? last.RespondedAt!.Value : last.SentAt;
        return new Cursor(at, last.Id).Encode(TrackedEmailSort.ListName(sort));
    }
}
