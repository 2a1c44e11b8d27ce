using Switchboard.Simulator.Control;
using Switchboard.Simulator.GraphChanges;
using Switchboard.Simulator.GraphMail;
using Switchboard.Simulator.GraphTruth;

namespace Switchboard.Simulator.GraphControl;

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
        group.MapGet("/mailboxes/{address}/truth", Truth);
        group.MapGet("/mailboxes/{address}/truth/mails", TruthMails);
    }

    private static IResult Make(MailboxRequest request, GraphMailboxes mailboxes, Subscriptions subscriptions, TimeProvider time)
    {
        if (request.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "No mailbox was made.");
        }

        if (mailboxes.Find(request.Address) is { } former)
        {
            subscriptions.RemoveAll(former);
        }

        var mailbox = mailboxes.Make(request.ToSpec(time.GetUtcNow()));
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

    private static IResult Truth(string address, GraphMailboxes mailboxes, DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        mailboxes.Find(address) is { } mailbox
            ? Results.Json(
                TruthReport.Of(new TruthReader(mailbox).Between(Second(from, long.MinValue), Second(to, long.MaxValue))), GraphControlJson.Default.TruthReport)
            : GraphControl.NoMailbox(address);

    private static IResult TruthMails(string address, GraphMailboxes mailboxes, int offset = 0, int limit = DefaultLimit)
    {
        if (offset < 0 || limit is < 1 or > MostLimit)
        {
            return ControlProblems.Invalid(offset < 0 ? "offset" : "limit", offset < 0 ? "Use 0 or more." : $"Use 1 to {MostLimit}.");
        }

        if (mailboxes.Find(address) is not { } mailbox)
        {
            return GraphControl.NoMailbox(address);
        }

        var truth = new TruthReader(mailbox);
        var items = truth.Page(offset, limit)
            .Select(mail => new MailTruth(mail.InternetMessageId, mail.Outcome.Status, mail.Outcome.ResponseSeconds, mail.Outcome.AutoReplied))
            .ToArray();
        return Results.Json(new TruthPage(items, truth.Count), GraphControlJson.Default.TruthPage);
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
