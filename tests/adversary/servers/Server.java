// SPDX-License-Identifier: MIT
// What Java makes of hellos and requests: Server.java ADDRESS DIRECTORY. Says "PORT KIND NAME" for each name it takes.

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

public class Server {
	static final char[] PASSWORD = "adversary".toCharArray();
	static final Map<String, KeyStore> STORES = new HashMap<>();

	/** As applications compare names: without case, port, and the dot of the root. */
	static String kindOf(String name) {
		String plain = name == null ? "" : name.trim().toLowerCase().replaceFirst(":\\d*$", "").replaceFirst("\\.$", "");

		return plain.equals("dnl-01.blocked.example.com") ? "prohibited" : plain.equals("www.example.org") ? "permitted" : "default";
	}

	static synchronized void say(int port, String name) {
		System.out.println(port + " " + kindOf(name) + " " + (name == null ? "" : name));
		System.out.flush();
	}

	static void answer(HttpExchange exchange) throws IOException {
		URI target = exchange.getRequestURI();
		String name = target.isAbsolute() && target.getHost() != null ? target.getHost() : exchange.getRequestHeaders().getFirst("Host");

		if (exchange instanceof HttpsExchange secure)
			name = nameOf((ExtendedSSLSession) secure.getSSLSession());
		else
			say(exchange.getRemoteAddress().getPort(), name);

		byte[] page = ("page of " + kindOf(name) + "\n").getBytes();

		exchange.sendResponseHeaders(200, page.length);
		exchange.getResponseBody().write(page);
		exchange.close();
	}

	static String nameOf(ExtendedSSLSession session) {
		String name = null;

		for (SNIServerName n : session.getRequestedServerNames())
			name = new String(n.getEncoded());
		return name;
	}

	/** The certificate of the name that was asked for. */
	static class ByName extends X509ExtendedKeyManager {
		@Override
		public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
			if (!type.startsWith("EC"))
				return null;
			String name = nameOf((ExtendedSSLSession) engine.getHandshakeSession());

			say(engine.getPeerPort(), name);
			return kindOf(name);
		}

		@Override
		public X509Certificate[] getCertificateChain(String alias) {
			try {
				return new X509Certificate[] { (X509Certificate) STORES.get(alias).getCertificate(alias) };
			} catch (Exception e) {
				return null;
			}
		}

		@Override
		public PrivateKey getPrivateKey(String alias) {
			try {
				return (PrivateKey) STORES.get(alias).getKey(alias, PASSWORD);
			} catch (Exception e) {
				return null;
			}
		}

		@Override
		public String chooseServerAlias(String type, Principal[] issuers, Socket socket) { return "default"; }
		@Override
		public String[] getServerAliases(String type, Principal[] issuers) { return new String[] { "default" }; }
		@Override
		public String[] getClientAliases(String type, Principal[] issuers) { return null; }
		@Override
		public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) { return null; }
	}

	public static void main(String[] args) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		HttpServer plain = HttpServer.create(new InetSocketAddress(args[0], 80), 512);
		HttpsServer secure = HttpsServer.create(new InetSocketAddress(args[0], 443), 512);

		for (String kind : new String[] { "default", "prohibited", "permitted" }) {
			KeyStore store = KeyStore.getInstance("PKCS12");

			store.load(new FileInputStream(args[1] + "/" + kind + ".p12"), PASSWORD);
			STORES.put(kind, store);
		}
		context.init(new KeyManager[] { new ByName() }, null, null);
		secure.setHttpsConfigurator(new HttpsConfigurator(context));
		for (HttpServer server : new HttpServer[] { plain, secure }) {
			server.setExecutor(Executors.newFixedThreadPool(128));
			server.createContext("/", Server::answer);
			server.start();
		}
	}
}
