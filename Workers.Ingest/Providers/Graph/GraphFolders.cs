using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Tells what an owner sent from what came in, for mails that were not read from a folder.</summary>
internal sealed class GraphFolders(GraphClient graph, HybridCache cache)
{
    /// <summary>The namespace in the cache: keys <c>graph-folder:{account}</c>.</summary>
    public const string Namespace = "graph-folder";

    /// <summary>
    /// What says of a mail whether its owner sent it: it lies in the sent items, or it comes from the owner's address wherever it lies.
    /// </summary>
    /// <exception cref="GraphException">Graph does not say which folder that is.</exception>
    public async Task<Func<GraphMessage, bool>> IsSentAsync(Guid account, string address, CancellationToken cancellation)
    {
        var sentItems = await cache.GetOrCreateAsync(
            $"{Namespace}:{account}", token => new ValueTask<string>(SentItemsAsync(account, token)), cancellationToken: cancellation);
        return message => message.ParentFolderId == sentItems
            || (GraphMails.SenderOf(message) is { } sender && MailAddress.Canonical(sender) == MailAddress.Canonical(address));
    }

    private async Task<string> SentItemsAsync(Guid account, CancellationToken cancellation) =>
        (await graph.ReadAsync(account, new($"/me/mailFolders/{GraphPaths.SentItems}?$select=id"), cancellation)).Id
        ?? throw new GraphException(GraphFailure.Unavailable, "Graph's folder has no id.");
}
