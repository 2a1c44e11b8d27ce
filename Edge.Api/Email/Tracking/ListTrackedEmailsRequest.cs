using FastEndpoints;
using FluentValidation;
using Switchboard.Core.Email;
using Switchboard.Core.Notifications;
using Switchboard.Edge.Api.Platform;

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
        RuleFor(request => request.Status)
            .Must(status => TrackedStatus.All.Contains(status))
            .When(request => request.Status is not null)
            .WithMessage($"It must be one of {string.Join(", ", TrackedStatus.All)}.");
        RuleFor(request => request.Sort)
            .Must(sort => TrackedEmailSort.All.Contains(sort))
            .When(request => request.Sort is not null)
            .WithMessage($"It must be one of {string.Join(", ", TrackedEmailSort.All)}.");
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
                context.AddFailure("Ask for a page or with a cursor, not both.");
            else if (page < 1)
                context.AddFailure("Pages begin with 1.");
            else if ((long)page * request.PageSize() > ListTrackedEmailsRequest.MaxReach)
                context.AddFailure($"Pages reach to mail {ListTrackedEmailsRequest.MaxReach}: go on with cursor, which reaches all.");
        });
    }
}
