using System.Text.Json.Serialization;
using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Email.Accounts;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>Which tracked mails to list.</summary>
internal sealed class ListTrackedEmailsRequest : PageRequest
{
    /// <summary>How far pages reach; beyond, a cursor does.</summary>
    public const int MaxReach = 10_000;

    /// <summary>Only those of this account; left out, of all of the user.</summary>
    [QueryParam]
    public Guid? AccountId { get; set; }

    /// <summary>Only those of this status: active, responded, bounced, expired or stopped.</summary>
    [QueryParam]
    public string? Status { get; set; }

    /// <summary>Only those that a person has answered, or has not.</summary>
    [QueryParam]
    public bool? HasResponse { get; set; }

    /// <summary>Only those to this address, or to this domain (contoso.test or @contoso.test).</summary>
    [QueryParam]
    public string? Recipient { get; set; }

    /// <summary>Only those sent at this time or later.</summary>
    [QueryParam]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only those sent before this time.</summary>
    [QueryParam]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Only those with all these words in the subject, each as the beginning of a word.</summary>
    [QueryParam]
    public string? Search { get; set; }

    /// <summary>-sentAt (if left out), sentAt, -respondedAt or respondedAt; of the last two only mails with a response.</summary>
    [QueryParam]
    public string? Sort { get; set; }

    /// <summary>The page, from 1, in the place of a cursor: the total comes with it.</summary>
    [QueryParam]
    public int? Page { get; set; }

    /// <summary>The order that is meant.</summary>
    public string EffectiveSort() => Sort ?? TrackedEmailSort.Newest;

    /// <summary>What is asked of these accounts: one mail more than the part holds, which says whether there is another part.</summary>
    public TrackedEmailQuery ToQuery(OwnedAccounts accounts)
    {
        var after = Platform.Cursor.Of(TrackedEmailSort.ListName(EffectiveSort()), this);
        return new(
            accounts,
            Status,
            HasResponse,
            RecipientFilter.Of(Recipient) is { } recipient ? StorableText.From(recipient) : null,
            Search is null ? null : StorableText.From(Search),
            Since,
            Until,
            EffectiveSort(),
            after?.At,
            after?.Id,
            Skip: ((Page ?? 1) - 1) * PageSize(),
            Take: PageSize() + 1,
            CountUpTo: Page is null ? 0 : MaxReach + 1);
    }
}

internal sealed class ListTrackedEmailsValidator : Validator<ListTrackedEmailsRequest>
{
    public ListTrackedEmailsValidator()
    {
        RuleFor(request => request.Limit).InclusiveBetween(1, PageRequest.MaxLimit);
        RuleFor(request => request.Status).OneOf(TrackedStatus.All).When(request => request.Status is not null);
        RuleFor(request => request.Sort).OneOf(TrackedEmailSort.All).When(request => request.Sort is not null);
        RuleFor(request => request.HasResponse)
            .Must(hasResponse => hasResponse is not false)
            .When(request => TrackedEmailSort.IsByAnswer(request.EffectiveSort()))
            .WithMessage("What has no response is not in the order of responses: sort by sentAt or -sentAt.");
        RuleFor(request => request.Recipient)
            .Must(recipient => RecipientFilter.Of(recipient) is not null)
            .When(request => request.Recipient is not null)
            .WithMessage($"It must be an address or a domain, of at most {RecipientFilter.MaxLength} characters.");
        RuleFor(request => request.Search).Custom((search, context) =>
        {
            if (search is null)
                return;
            if (search.Length > SubjectSearch.MaxLength)
                context.AddFailure($"It has more than {SubjectSearch.MaxLength} characters.");
            else if (SubjectSearch.CountWords(search) is 0 or > SubjectSearch.MaxWords)
                context.AddFailure($"It must have 1 to {SubjectSearch.MaxWords} words, of letters or digits.");
        });
        RuleFor(request => request.Until)
            .Must((request, until) => until > request.Since)
            .When(request => request.Until is not null && request.Since is not null)
            .WithMessage("It must be after since.");
        RuleFor(request => request.Cursor)
            .Must((request, cursor) => Cursor.TryDecode(TrackedEmailSort.ListName(request.EffectiveSort()), cursor, out _))
            .When(request => request.Cursor is not null)
            .WithMessage("This is not a cursor of this list in this order.");
        RuleFor(request => request.Page).Custom((page, context) =>
        {
            if (page is null)
                return;
            var request = context.InstanceToValidate;
            if (request.Cursor is not null)
                context.AddFailure("Use either page or cursor, not both.");
            else if (page < 1)
                context.AddFailure("Pages begin with 1.");
            else if ((long)page * request.PageSize() > ListTrackedEmailsRequest.MaxReach)
                context.AddFailure($"Pages reach to mail {ListTrackedEmailsRequest.MaxReach}: go on with cursor, which reaches all.");
        });
    }
}

/// <summary>A part of the list.</summary>
/// <param name="Items">The mails.</param>
/// <param name="NextCursor">What to ask for as <c>cursor</c> to get the next part; null when there is none.</param>
/// <param name="Page">The number of this page, if one was requested.</param>
/// <param name="Total">How many mails the list has; counted up to 10,000.</param>
/// <param name="TotalIsExact">Whether it has exactly so many, or more.</param>
internal sealed record TrackedEmailPage(
    IReadOnlyList<TrackedEmailResponse> Items,
    string? NextCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Total,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? TotalIsExact);

/// <summary><c>GET /api/emails/tracked</c>: the user's tracked mails, newest first unless sorted otherwise.</summary>
internal sealed class ListTrackedEmails(AccountCache accountCache, TrackedEmailLists lists)
    : Endpoint<ListTrackedEmailsRequest, Results<Ok<TrackedEmailPage>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/tracked");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Tracked mail", "List tracked mails: filter, search, sort")
            .Produces<TrackedEmailPage>().Refuses(400, 401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<TrackedEmailPage>, ProblemHttpResult>> ExecuteAsync(
        ListTrackedEmailsRequest request, CancellationToken cancellationToken)
    {
        var accounts = await accountCache.FindAsync(HttpContext.Caller().UserId, request.AccountId, cancellationToken);
        if (request.AccountId is { } wanted && accounts.Ids.Length == 0)
            return Problems.NotFound("account", wanted);

        var part = await lists.ReadAsync(request.ToQuery(accounts), cancellationToken);
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

/// <summary><c>GET /api/emails/tracked/{id}</c>: a tracked mail with its thread.</summary>
internal sealed class GetTrackedEmail(TrackedEmailStore store) : GetByIdEndpoint<TrackedEmailDetail>("tracked mail")
{
    public override void Configure() =>
        Read("/api/emails/tracked/{id:guid}", Scope.Mail, "Tracked mail", "Read a tracked mail and its thread");

    protected override Task<TrackedEmailDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        store.FindAsync(id, userId, cancellationToken);
}
