using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary><c>/_sim/graph/mailboxes</c>: makes mailboxes of any size, and tells what a perfect tracker would know of them.</summary>
internal static class MailboxControl
{
    private const int DefaultLimit = 1000;
    private const int MostLimit = 10_000;

    public static void MapMailboxControl(this RouteGroupBuilder group)
    {
        group.MapPost("/mailboxes", Make);
        group.MapGet("/mailboxes", List);
        group.MapGet("/mailboxes/{address}", Get);
        group.MapDelete("/mailboxes/{address}", Delete);
        group.MapGet("/mailboxes/{address}/truth", Outcomes);
        group.MapGet("/mailboxes/{address}/truth/mails", OutcomesOfMails);
    }

    private static IResult Make(MailboxRequest request, GraphMailboxes mailboxes, Subscriptions subscriptions, TimeProvider timeProvider)
    {
        if (request.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "No mailbox was made.");
        }

        if (mailboxes.Find(request.Address) is { } former)
        {
            subscriptions.RemoveAll(former);
        }

        var mailbox = mailboxes.Make(request.ToSpec(timeProvider.GetUtcNow()));
        return Results.Json(View(mailbox, subscriptions), GraphControlJson.Default.GraphMailboxView, statusCode: 201);
    }

    private static IResult List(GraphMailboxes mailboxes, Subscriptions subscriptions) => Results.Json(
        mailboxes.All.OrderBy(mailbox => mailbox.Address, StringComparer.Ordinal).Select(mailbox => View(mailbox, subscriptions)).ToArray(),
        GraphControlJson.Default.GraphMailboxViewArray);

    private static IResult Get(string address, GraphMailboxes mailboxes, Subscriptions subscriptions) =>
        mailboxes.Find(address) is { } mailbox
            ? Results.Json(View(mailbox, subscriptions), GraphControlJson.Default.GraphMailboxView)
            : GraphControl.NoMailbox(address);

    private static IResult Delete(string address, GraphMailboxes mailboxes, Subscriptions subscriptions)
    {
        if (mailboxes.Find(address) is not { } mailbox)
        {
            return GraphControl.NoMailbox(address);
        }

        subscriptions.RemoveAll(mailbox);
        mailboxes.Delete(address);
        return Results.NoContent();
    }

    private static IResult Outcomes(string address, GraphMailboxes mailboxes, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        mailboxes.Find(address) is { } mailbox
            ? Results.Json(
                OutcomeReport.Of(new OutcomeReader(mailbox).Between(Second(from, long.MinValue), Second(to, long.MaxValue))),
                GraphControlJson.Default.OutcomeReport)
            : GraphControl.NoMailbox(address);

    private static IResult OutcomesOfMails(string address, GraphMailboxes mailboxes, int offset = 0, int limit = DefaultLimit)
    {
        if (offset < 0 || limit is < 1 or > MostLimit)
        {
            return ControlProblems.Invalid(offset < 0 ? "offset" : "limit", offset < 0 ? "Use 0 or more." : $"Use 1 to {MostLimit}.");
        }

        if (mailboxes.Find(address) is not { } mailbox)
        {
            return GraphControl.NoMailbox(address);
        }

        var outcomes = new OutcomeReader(mailbox);
        var items = outcomes.Page(offset, limit)
            .Select(mail =>
                new MailOutcomeView(mail.InternetMessageId, mail.Outcome.Status, mail.Outcome.ResponseSeconds, mail.Outcome.AutoReplied))
            .ToArray();
        return Results.Json(new OutcomePage(items, outcomes.Count), GraphControlJson.Default.OutcomePage);
    }

    // mails have whole seconds: a time within one begins with the next
    private static long Second(DateTimeOffset? time, long otherwise) =>
        time is { } given ? (long)Math.Ceiling((given - DateTimeOffset.UnixEpoch).TotalSeconds) : otherwise;

    private static GraphMailboxView View(GraphMailbox mailbox, Subscriptions subscriptions)
    {
        var counts = mailbox.Gate.Counts;
        return new GraphMailboxView(
            mailbox.Address,
            Count(mailbox, MailFolder.SentItems),
            Count(mailbox, MailFolder.Inbox),
            mailbox.AddedCount,
            mailbox.Spec.Seed,
            mailbox.Spec.Until,
            counts.Requests,
            counts.PeakConcurrency,
            counts.OverConcurrency + counts.OverWindow,
            counts.OverConcurrency,
            counts.OverWindow,
            [.. subscriptions.Of(mailbox).Select(View)]);
    }

    private static SubscriptionView View(Subscription one) =>
        new(one.Id, one.Resource, one.NotificationUrl.OriginalString, one.ExpiresAt, one.IsPaused);

    private static int Count(GraphMailbox mailbox, MailFolder folder) =>
        mailbox.Count(new MailRange(folder, MailPosition.First, MailPosition.Last, false, 0, 0));
}

/// <summary>The body of <c>POST /_sim/graph/mailboxes</c>.</summary>
/// <param name="Address">Whose mailbox; one that there is gives way.</param>
/// <param name="Messages">How many mails were sent.</param>
/// <param name="ReplyRate">The share of them that was answered.</param>
/// <param name="SpanDays">Over how many days they were sent.</param>
/// <param name="AutoReplyRate">The share that met an out-of-office.</param>
/// <param name="BounceRate">The share that came back.</param>
/// <param name="Seed">For another mailbox of the same kind.</param>
/// <param name="Until">The end of the days; now without it. The same values and the same end make the same mails.</param>
internal sealed record MailboxRequest(
    string? Address,
    int? Messages = null,
    double? ReplyRate = null,
    double? SpanDays = null,
    double? AutoReplyRate = null,
    double? BounceRate = null,
    long? Seed = null,
    DateTimeOffset? Until = null)
{
    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        errors.Check("address", Address?.Split('@') is [{ Length: > 0 }, { Length: > 0 }], "Name the mailbox, such as ann@example.com.");
        errors.Check("messages", Messages is null or (>= 0 and <= MailboxSpec.MostMessages), $"Use 0 to {MailboxSpec.MostMessages}.");
        errors.Check("replyRate", ReplyRate is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        errors.Check("autoReplyRate", AutoReplyRate is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        errors.Check("bounceRate", BounceRate is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        errors.Check("spanDays", SpanDays is null or (> 0 and <= 3650), "Use over 0 and up to 3650 days.");
        return errors;
    }

    public MailboxSpec ToSpec(DateTimeOffset now) => new(
        Address!, Messages ?? 0, ReplyRate ?? 0, SpanDays ?? 30, AutoReplyRate ?? 0, BounceRate ?? 0, Seed ?? 1, Until ?? now);
}

/// <summary>A mailbox of <c>GET /_sim/graph/mailboxes</c>.</summary>
/// <param name="Address">Whose.</param>
/// <param name="Sent">How many mails are in the sent items.</param>
/// <param name="Received">How many are in the inbox.</param>
/// <param name="Added">How many of both were put in by control calls.</param>
/// <param name="Seed">What it was made from.</param>
/// <param name="Until">The end of its days.</param>
/// <param name="Requests">How many requests came, each of a batch counted.</param>
/// <param name="PeakConcurrency">How many of them at once at the most.</param>
/// <param name="Throttled">How many were refused.</param>
/// <param name="ThrottledByConcurrency">Of these, for too many at once.</param>
/// <param name="ThrottledByWindow">Of these, for too many in ten minutes.</param>
/// <param name="Subscriptions">Who is told of its changes.</param>
internal sealed record GraphMailboxView(
    string Address,
    int Sent,
    int Received,
    int Added,
    long Seed,
    DateTimeOffset Until,
    long Requests,
    int PeakConcurrency,
    long Throttled,
    long ThrottledByConcurrency,
    long ThrottledByWindow,
    IReadOnlyList<SubscriptionView> Subscriptions);

/// <summary>A subscription of a mailbox.</summary>
internal sealed record SubscriptionView(Guid Id, string Resource, string NotificationUrl, DateTimeOffset ExpirationDateTime, bool IsPaused);

/// <summary>A page of <c>GET /_sim/graph/mailboxes/{address}/truth/mails</c>.</summary>
internal sealed record OutcomePage(IReadOnlyList<MailOutcomeView> Items, int Total);

/// <summary>What a perfect tracker would know of a sent mail; <c>status</c> is active, responded or bounced.</summary>
internal sealed record MailOutcomeView(string InternetMessageId, string Status, long? ResponseSeconds, bool AutoReplied);
