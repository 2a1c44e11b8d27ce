using Microsoft.Extensions.Options;
using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>The messages that were sent.</summary>
internal sealed class MessageStore(IOptions<SimulatorOptions> options, TimeProvider time) : Ledger<SentMessage>(options, time);
