namespace Switchboard.Simulator.WhatsApp;

/// <summary>Takes up what a former run has answered for, before the first request comes in.</summary>
internal sealed class JournalRecovery(MessageJournal journal, MessageStore messages, StatusQueue statuses) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var former = journal.Open();
        messages.Restore(former);
        foreach (var message in former)
        {
            statuses.Enqueue(message, message.Promised & ~message.Told);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
