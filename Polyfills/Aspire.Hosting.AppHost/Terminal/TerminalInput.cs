using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Terminal;

/// <summary>Takes commands that a person types while the application runs.</summary>
internal sealed class TerminalInput(CommandInterpreter commands) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Console.IsInputRedirected) return;

        // reading a terminal cannot be cancelled: a thread that the process does not wait for
        var lines = System.Threading.Channels.Channel.CreateUnbounded<string>();
        new Thread(() =>
        {
            while (Console.ReadLine() is { } line) lines.Writer.TryWrite(line);
        })
        { IsBackground = true, Name = "Terminal input" }.Start();

        await foreach (var line in lines.Reader.ReadAllAsync(stoppingToken))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            var (_, answer) = await commands.ExecuteAsync(line, stoppingToken);
            await Console.Out.WriteLineAsync(answer);
        }
    }
}
