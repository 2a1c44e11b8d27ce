namespace Switchboard.Simulator.Twilio;

/// <summary>Takes up what a former run has answered for, before the first request comes in.</summary>
internal sealed class TextRecovery(TextJournal journal, TextStore texts, OptOuts optOuts, StatusQueue statuses) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var former = journal.Open();
        texts.Restore(former.Texts);
        optOuts.Restore(former.OptOuts);
        foreach (var text in former.Texts)
        {
            statuses.Enqueue(text);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
