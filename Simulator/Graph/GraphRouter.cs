using Switchboard.Simulator.GraphChanges;
using Switchboard.Simulator.GraphMail;
using Switchboard.Simulator.GraphMessages;

namespace Switchboard.Simulator.Graph;

/// <summary>Finds what answers a call, and keeps the limits of the mailbox.</summary>
internal sealed class GraphRouter(SubscriptionCalls subscriptions, GraphLimits limits, TimeProvider time)
{
    /// <summary>Answers a call; the answer keeps its place in the mailbox until it is written.</summary>
    public async ValueTask<GraphAnswer> AnswerAsync(GraphRequest request, CancellationToken cancellation)
    {
        if (request.Path is ["users", var user, .. var rest])
        {
            if (!request.Mailbox.IsOf(user))
            {
                return GraphErrors.Denied;
            }

            request = request with { Path = ["me", .. rest] };
        }

        return request.Path is ["subscriptions", ..] ? await subscriptions.AnswerAsync(request, cancellation)
            : request.IsOutlook ? await WithinLimitsAsync(request, cancellation)
            : request is { Method: "GET", Path: ["me"] } ? FolderCalls.Me(request)
            : GraphErrors.UnknownPath(request.Path.Length == 0 ? "" : request.Path[^1]);
    }

    private async ValueTask<GraphAnswer> WithinLimitsAsync(GraphRequest request, CancellationToken cancellation)
    {
        if (request.Mailbox.Gate.TryEnter(out var refusal) is not { } entry)
        {
            return GraphErrors.Throttled(refusal!);
        }

        try
        {
            if (limits.Latency > TimeSpan.Zero)
            {
                await Task.Delay(limits.Latency, time, cancellation);
            }

            return Mail(request) with { Entry = entry };
        }
        catch
        {
            entry.Dispose();
            throw;
        }
    }

    private static GraphAnswer Mail(GraphRequest request)
    {
        if (request.Method != "GET")
        {
            return GraphErrors.Invalid("The simulator's mails can only be read: POST /_sim/graph/messages adds some.");
        }

        return request.Path switch
        {
            ["me", "messages"] => MessageCalls.List(request, null),
            ["me", "messages", var id] => MessageCalls.Get(request, null, id),
            ["me", "mailFolders"] => FolderCalls.List(request),
            ["me", "mailFolders", var name, .. var rest] => request.Mailbox.Ids.ReadFolder(name) is { } folder
                ? InFolder(request, folder, rest)
                : GraphErrors.NotFound,
            _ => GraphErrors.UnknownPath(request.Path[^1]),
        };
    }

    private static GraphAnswer InFolder(GraphRequest request, MailFolder folder, string[] rest) => rest switch
    {
        [] => FolderCalls.Get(request, folder),
        ["messages"] => MessageCalls.List(request, folder),
        ["messages", "delta"] => DeltaCalls.Get(request, folder),
        ["messages", var id] => MessageCalls.Get(request, folder, id),
        _ => GraphErrors.UnknownPath(request.Path[^1]),
    };
}
