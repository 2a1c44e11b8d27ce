using System.Collections.Frozen;

namespace Switchboard.Workers.Dispatch.Channels;

/// <summary>The channels of this process, by name.</summary>
internal sealed class ChannelDirectory(IEnumerable<IChannel> channels)
{
    private readonly FrozenDictionary<string, IChannel> _channels = channels.ToFrozenDictionary(channel => channel.Name);

    public IChannel? Find(string name) => _channels.GetValueOrDefault(name);

    /// <summary>What became of a message to a channel that is not there.</summary>
    public ChannelAnswer Unknown(string name) =>
        new ChannelAnswer.Rejected($"There is no channel '{name}'; there is: {string.Join(", ", _channels.Keys.Order())}.");
}
