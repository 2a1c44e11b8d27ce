using System.Collections.Frozen;

namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>The channels of this process, by name.</summary>
internal sealed class ChannelRegistry(IEnumerable<IChannel> channels)
{
    private readonly FrozenDictionary<string, IChannel> _channels = channels.ToFrozenDictionary(channel => channel.Name);

    public IChannel? Find(string name) => _channels.GetValueOrDefault(name);

    /// <summary>What became of a message to a channel that is not there.</summary>
    public SendResult Unknown(string name) =>
        new SendResult.Rejected($"There is no channel '{name}'; there is: {string.Join(", ", _channels.Keys.Order())}.");
}
