using Microsoft.AspNetCore.Http;
using Switchboard.Core.Providers;

namespace Switchboard.Tests.Unit.Providers;

/// <summary>What an unknown server answers takes little and ends.</summary>
public sealed class ReadStartTests
{
    [Fact]
    public async Task Of_a_long_answer_only_the_beginning_is_read()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var block = new byte[1_000_000];
            Array.Fill(block, (byte)'a');
            try
            {
                while (true)
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // the client has hung up, as it should
            }
        });

        (await ReadAsync(server, bytes: 10, TimeSpan.FromSeconds(30))).ShouldBe("aaaaaaaaaa");
    }

    [Fact]
    public async Task A_slow_answer_ends_with_what_came_in_time()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("so far");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        (await ReadAsync(server, bytes: 100, TimeSpan.FromMilliseconds(200))).ShouldBe("so far");
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_what_came_of_it()
    {
        var hasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("so far");
            await context.Response.Body.FlushAsync();
            await hasBegun.Task;
            context.Abort();
        });

        (await ReadAsync(server, bytes: 100, TimeSpan.FromSeconds(30), hasBegun)).ShouldBeOneOf("so far", "");
    }

    private static async Task<string> ReadAsync(LoopbackServer server, int bytes, TimeSpan within, TaskCompletionSource? hasBegun = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Url);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        hasBegun?.SetResult();
        return await response.ReadStartAsync(bytes, within, TimeProvider.System, default);
    }
}
