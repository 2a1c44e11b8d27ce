using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>Some recipients of a request, in their order.</summary>
/// <param name="Addressees">Who they are; one may be there twice.</param>
/// <param name="Position">The entry that comes next.</param>
/// <param name="Member">Of the topic there, the member after which it goes on.</param>
/// <param name="IsOfTopic">Whether they follow a topic: nobody counted them when the request came.</param>
internal sealed record RecipientPage(IReadOnlyList<Addressee> Addressees, int Position, Guid? Member, bool IsOfTopic);

/// <summary>
/// Reads the recipients of a request a page at a time, in a few statements whatever their number: up to 500 entries that stand for one
/// recipient each, or up to 500 members of a topic.
/// </summary>
internal sealed class RecipientPages(RecipientStore recipients, AddressOwners owners)
{
    public const int PageSize = 500;

    /// <summary>The page at a place.</summary>
    public async Task<RecipientPage> ReadAsync(StoredRequest request, int position, Guid? member, CancellationToken cancellationToken)
    {
        var to = request.Request.To;
        if (position < to.Count && to[position].TopicId is { } topic)
        {
            var members = await recipients.MembersAsync(request.UserId, topic, member, PageSize, cancellationToken);
            var isWhole = members.Count < PageSize;
            return new([.. members.Select(Addressee.Of)], isWhole ? position + 1 : position, isWhole ? null : members[^1].Id, IsOfTopic: true);
        }

        NotifyTarget[] targets = [.. to.Skip(position).TakeWhile(target => target.TopicId is null).Take(PageSize)];
        return new(await FindAsync(request.UserId, targets, cancellationToken), position + targets.Length, null, IsOfTopic: false);
    }

    private async Task<Addressee[]> FindAsync(Guid userId, NotifyTarget[] targets, CancellationToken cancellationToken)
    {
        string[] ids = [.. targets.Select(target => target.Id).OfType<string>().Distinct()];
        var known = ids.Length == 0 ? new Dictionary<string, Recipient>() : await recipients.FindAsync(userId, ids, cancellationToken);
        var owned = await OwnersAsync(userId, targets, cancellationToken);
        return
        [
            .. targets.Select(target =>
                target.Id is { } id
                    ? known.TryGetValue(id, out var recipient) ? Addressee.Of(recipient) : Addressee.Unknown(id)
                    : Addressee.Of(target.Channel!, target.Address!, owned.GetValueOrDefault((target.Channel!, target.Address!)))),
        ];
    }

    private async Task<Dictionary<(string, string), Recipient>> OwnersAsync(
        Guid userId, NotifyTarget[] targets, CancellationToken cancellationToken)
    {
        var found = await owners.FindAsync(
            userId, [.. targets.Where(target => target.Address is not null).Select(target => (target.Channel!, target.Address!)).Distinct()],
            cancellationToken);
        if (found.Count == 0)
            return [];
        var rows = await recipients.FindAsync(userId, [.. found.Values.Distinct()], cancellationToken);
        return found.Where(one => rows.ContainsKey(one.Value)).ToDictionary(one => one.Key, one => rows[one.Value]);
    }
}
