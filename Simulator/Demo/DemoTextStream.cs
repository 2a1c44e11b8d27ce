using Microsoft.Extensions.Options;
using Switchboard.Simulator.Edge;
using Switchboard.Simulator.Twilio;

namespace Switchboard.Simulator.Demo;

/// <summary>Lets texts come from the demo user's phone, the first some seconds after the start.</summary>
internal sealed class DemoTextStream(InboundTexts inbound, IOptions<DemoTextOptions> options, IOptions<DemoMailOptions> mail, TimeProvider time)
    : DemoStream(
        options.Value.PerMinute ?? (mail.Value.PerMinute == 0 ? 0 : DemoTextOptions.UsualPerMinute), TimeSpan.FromSeconds(5), time)
{
    private readonly TimeProvider _time = time;

    // while the edge is not there yet the first text waits for it: the next one is minutes away
    protected override async Task SendAsync(int number, CancellationToken stopping)
    {
        var text = DemoTexts.Make(number, Random.Shared);
        text = text with { MessageSid = Sids.Text(text.Media is not null) };
        for (var failures = 1; (await inbound.ReceiveAsync(text, stopping)).Status is null or >= 500 && PerMinute > 0; failures++)
        {
            await Task.Delay(Redelivery.After(failures), _time, stopping);
        }
    }
}
