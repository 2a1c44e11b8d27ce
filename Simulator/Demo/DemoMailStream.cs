using Microsoft.Extensions.Options;
using Switchboard.Simulator.Gmail;

namespace Switchboard.Simulator.Demo;

/// <summary>Lets mails come to demo@example.com, the first a few seconds after the start.</summary>
internal sealed class DemoMailStream(Inbox inbox, IOptions<DemoMailOptions> options, TimeProvider time)
    : DemoStream(options.Value.PerMinute, TimeSpan.FromSeconds(3), time)
{
    protected override Task SendAsync(int number, CancellationToken stopping)
    {
        inbox.Receive([DemoMails.Make(number, Random.Shared)]);
        return Task.CompletedTask;
    }
}
